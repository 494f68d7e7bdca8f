print("moonrail")
