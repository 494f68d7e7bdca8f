-- JSON in, text out: an emission whose type is not JSON leaves as the bytes it is given.
return {
  from = "exports",
  to = "exports.csv",
  handler = function(event, context)
    local row, cells = event.data, {}
    for name, value in pairs(row) do -- in the order of the names, always
      cells[#cells + 1] = '"' .. tostring(value):gsub('"', '""') .. '"'
    end
    context.emit(table.concat(cells, ","), { type = "text/csv" })
  end,
}
