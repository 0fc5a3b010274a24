// The executable. Ends the process itself: Dawn's threads would keep it alive.
import { main } from './main.ts';

process.exit(await main(process.argv.slice(2)));
