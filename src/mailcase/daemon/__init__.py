"""The long-running work: poll, intake, deliver and watch each do one round for an app; `supervise` keeps them going."""
