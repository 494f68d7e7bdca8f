-- Counts events with a walk over characters that began at load.
-- expect: contained or raised: context.state or refused at load: context.state
local step, text = utf8.codes("abc")

return { from = "in", to = "out", handler = function(event, context)
  return { escaped = step(text, 0) ~= 1 }
end }
