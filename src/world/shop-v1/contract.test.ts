import { worldSuite } from '../world.suite.ts';
import { shopV1 } from './shop-v1.ts';

worldSuite(shopV1);
worldSuite(shopV1, { options: { items: 12, categories: 3, slate: 4, visits: 2, rest: 0 } });
