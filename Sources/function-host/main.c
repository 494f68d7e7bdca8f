#include "CLuaHost.h"

int main(void) {
    return moonrail_host_main();
}
