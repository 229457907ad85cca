"""What official data alone make payable or likely, for every firm that they name; kept up to date by the settlement."""
