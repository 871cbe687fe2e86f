// Gives Swift the declarations of libbz2.
#pragma once
#include <stdio.h>
#include <bzlib.h>
