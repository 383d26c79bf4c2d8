import { worldSuite } from '../world.suite.ts';
import { shopPageV1 } from './page-world.ts';
import { shopV1 } from './shop-v1.ts';
import { shopSmallV1 } from './small-shop.ts';

worldSuite(shopV1);
worldSuite(shopV1, { options: { items: 12, categories: 3, slate: 4, visits: 2, rest: 0 } });
worldSuite(shopPageV1);
worldSuite(shopSmallV1);
