local name = "readings"

return name
