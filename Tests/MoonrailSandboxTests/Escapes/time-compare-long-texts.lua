-- Compares long texts that differ at their ends.
-- expect: time limit
return { from = "in", to = "out", handler = function(event, context)
  local a = ("x"):rep(1000000) .. "a"
  local b = ("x"):rep(1000000) .. "b"
  while a < b do end
end }
