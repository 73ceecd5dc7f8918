"""The public files under load: feeder's own server beside nginx, over one folder, in one run."""
