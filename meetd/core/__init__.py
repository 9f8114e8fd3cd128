"""What every floor may use and nothing of ours lies under: ids, the clock, refusals, holdings,
private values, and text from people made safe. Imports nothing of meetd."""
