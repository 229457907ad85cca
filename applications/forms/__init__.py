"""Forms made from what items declare."""
