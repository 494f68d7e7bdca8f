-- Waits for something that never comes.
while true do end

return { from = "readings", handler = function(event, context) return nil end }
