"""What every entry point needs: settings, logging and metrics, the batch."""
