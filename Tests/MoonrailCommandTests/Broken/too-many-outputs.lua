local outputs = {}
for number = 1, 65 do
  outputs[number] = "copies." .. number
end

return {
  from = "readings",
  to = outputs,
  handler = function(event, context) return event.data end,
}
