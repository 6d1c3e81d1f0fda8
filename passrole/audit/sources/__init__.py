"""Where logs come from: folders, buckets, and CloudTrail itself."""
