"""What an enterprise was paid above its entitlement, from the settlement that finds it until nothing of it is open."""
