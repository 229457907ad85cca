"""What was recorded, proven: the chain of daily digests, its verification, the list of operations, and bundles of proof."""
