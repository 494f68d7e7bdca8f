#include "CLuaHost.h"

int main(int argument_count, char **arguments) {
    return moonrail_host_main(argument_count, arguments);
}
