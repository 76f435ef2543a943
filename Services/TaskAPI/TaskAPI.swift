@main struct TaskAPIMain { static func main() {} }
