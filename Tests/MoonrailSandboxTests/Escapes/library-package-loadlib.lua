-- Loads a native library.
-- expect: raised: attempt to index a nil value (global 'package')
return { from = "in", to = "out", handler = function(event, context)
  return { escaped = package.loadlib("/lib/x86_64-linux-gnu/libc.so.6", "system") ~= nil }
end }
