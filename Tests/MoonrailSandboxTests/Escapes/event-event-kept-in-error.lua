-- Throws its event away as an error and looks what became of it.
-- expect: contained
return { from = "in", to = "out", handler = function(event, context)
  local caught, kept = pcall(error, event)
  return { escaped = caught or kept.data.n ~= event.data.n }
end }
