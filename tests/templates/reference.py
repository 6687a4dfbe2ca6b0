"""Reference numbers of the published networks, counted with Keras: (parameters, trainable parameters)."""

REFERENCE = {
    "lenet5": (61_706, 61_706),
    "alexnet": (62_378_344, 62_378_344),
    "alexnet-two-towers": (60_965_224, 60_965_224),
    "vgg16": (138_357_544, 138_357_544),
    "vgg19": (143_667_240, 143_667_240),
    "resnet18": (11_699_112, 11_689_512),
    "resnet34": (21_814_696, 21_797_672),
    "resnet50": (25_636_712, 25_583_592),
    "resnet101": (44_707_176, 44_601_832),
    "resnet152": (60_419_944, 60_268_520),
    "googlenet": (6_998_552, 6_998_552),
    "inception-v3": (23_851_784, 23_817_352),
    "unet": (31_030_658, 31_030_658),
    "dcgan": (3_578_624 + 2_767_360, 3_576_704 + 2_765_568),
    "nin": (966_986, 966_986),
    "mini-xception": (58_423, 56_951),
    "emotion": (58_423, 56_951),
    # The published 12,464 are the kernels'; there are as many biases and slopes as filters: 173 and 172.
    "fsrcnn": (12_464 + 173 + 172, 12_464 + 173 + 172),
    # 3x3 kernels of 64 filters, the first with biases, and 15 batch normalisations.
    "dncnn": (10 * 64 + 15 * (9 * 64 * 64 + 4 * 64) + 9 * 64, 10 * 64 + 15 * (9 * 64 * 64 + 2 * 64) + 9 * 64),
}
