// A function host for tests: it decodes documents in the one way that the name it was started under
// says, `lazy` or `whole`, instead of learning which is faster.
#include "../../Sources/CLuaHost/document_learned.h"

#include <CLuaHost.h>

#include <string.h>

int main(int argument_count, char **arguments) {
    const char *slash = strrchr(arguments[0], '/');
    const char *name = slash == NULL ? arguments[0] : slash + 1;
    if (strcmp(name, "lazy") == 0) document_way = DOCUMENT_WAY_IS_LAZY;
    else if (strcmp(name, "whole") == 0) document_way = DOCUMENT_WAY_IS_WHOLE;
    else return 1;
    return moonrail_host_main(argument_count, arguments);
}
