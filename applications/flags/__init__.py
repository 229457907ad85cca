"""What the system notices about claims and a reviewer has to look at: kinds, finding, keeping up to date, dismissing."""
