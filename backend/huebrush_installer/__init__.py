"""Program behind `install.py`. It uses only the standard library, so that it runs before anything is installed."""
