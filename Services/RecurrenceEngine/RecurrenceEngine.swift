@main struct RecurrenceEngineMain { static func main() {} }
