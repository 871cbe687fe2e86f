#pragma once

/// How many processors this process may run on; at least 1.
int sampan_processor_count(void);
