local text = "x"
while true do
  text = text .. text
end
return { from = "readings", handler = function(event, context) return nil end }
