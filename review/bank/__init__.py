"""What the bank did with the payments of a batch: result sheets, single results, accounts to be confirmed, reconciliation."""
