"""The web server: what Label Studio calls, and pages for people."""
