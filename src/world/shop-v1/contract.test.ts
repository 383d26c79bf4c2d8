import { worldSuite } from '../world.suite.ts';
import { shopV1 } from './shop-v1.ts';
import { shopSmallV1 } from './small-shop.ts';

worldSuite(shopV1);
worldSuite(shopV1, { options: { items: 12, categories: 3, slate: 4, visits: 2, rest: 0 } });
worldSuite(shopSmallV1);
