"""Papers that an enterprise takes away: what they say, issuing them, setting them, and telling whether they still count."""
