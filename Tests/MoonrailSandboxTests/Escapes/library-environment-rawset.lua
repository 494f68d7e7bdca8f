-- Writes a global past the guard.
-- expect: raised: rawset
return { from = "in", to = "out", handler = function(event, context)
  rawset(_ENV, "kept", true)
  return { escaped = true }
end }
