"""The demo: Label Studio and the backend side by side, with a project of YouTube comments."""
