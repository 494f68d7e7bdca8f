"""Runs the parts of a campaign beside each other."""
import concurrent.futures


def run_all(options, run, count):
    """Calls run with 0..<count, so many at once as the options say; raises the first failure."""
    with concurrent.futures.ThreadPoolExecutor(max_workers=options.jobs) as pool:
        for done in [pool.submit(run, number) for number in range(count)]:
            try:
                done.result()
            except BaseException:
                # Those under way end first; none is begun after a failure.
                pool.shutdown(wait=False, cancel_futures=True)
                raise
