"""Who there is: sites, organisations, networks and ties, bundled or from the user's files."""
