local limits = nil

return { most = limits.most }
