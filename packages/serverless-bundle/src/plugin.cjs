'use strict';

// Serverless plugin: bundles each function's `dist/<name>/index.handler` from `src/handlers/<name>.ts` and packs
// nothing else. A plugin must be CommonJS; the work is in bundle-function.mjs.
const path = require('node:path');

module.exports = class BundlePlugin {
  constructor(serverless) {
    this.serverless = serverless;
    this.hooks = {
      'before:package:createDeploymentArtifacts': () => this.bundle(),
      'before:deploy:function:packageFunction': () => this.bundle(),
    };
  }

  async bundle() {
    const { bundleFunction } = await import('./bundle-function.mjs');
    const { serviceDir, service } = this.serverless;
    await Promise.all(
      Object.values(service.functions).map((definition) => {
        const name = path.basename(path.dirname(definition.handler));
        // What a function names itself may leave out more.
        const { patterns = [] } = definition.package ?? {};
        definition.package = { patterns: ['!**', `dist/${name}/**`, ...patterns] };
        return bundleFunction({ serviceDir, name, forThisMachine: process.env.ALLUVIUM_BUNDLE === 'local' });
      }),
    );
  }
};
