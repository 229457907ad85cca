"""The console: Django's admin site with our look, and our own pages for the daily work."""
