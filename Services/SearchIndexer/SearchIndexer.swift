@main struct SearchIndexerMain { static func main() {} }
