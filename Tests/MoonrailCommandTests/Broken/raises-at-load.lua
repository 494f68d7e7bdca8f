error("no limits are set")
