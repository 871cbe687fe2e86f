import Projects
import Testing
