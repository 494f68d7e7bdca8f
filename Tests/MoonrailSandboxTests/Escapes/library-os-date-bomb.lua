-- Makes os.date write a text far longer than its format.
-- expect: memory limit or time limit or host exits 66 or raised: os.date
return { from = "in", to = "out", handler = function(event, context)
  local text = os.date(("%c"):rep(2000000))
  return { escaped = #text > 8 * 1024 * 1024 }
end }
