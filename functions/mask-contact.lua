-- Takes personal data out before events leave for analysis.
local function mask(text)
  return text:sub(1, 1) .. ("*"):rep(#text - 1)
end

return {
  from = "signups",
  to = "signups.masked",
  handler = function(event, context)
    local signup = event.data
    signup.name = mask(signup.name)
    local user, domain = signup.email:match("^(.-)@(.+)$")
    if not user then return context.reject("no e-mail address") end
    signup.email = mask(user) .. "@" .. domain
    signup.phone = nil
    return signup, { masked = "name,email,phone" }
  end,
}
