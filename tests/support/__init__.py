"""What tests lean on; nothing in here is a test."""
