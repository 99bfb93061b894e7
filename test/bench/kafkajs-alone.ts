/** Flags of a process that uses kafkajs as it is: it sets timers in the past (kafkajs#1751), of which Node warns. */
export const KAFKAJS_ALONE = ['--disable-warning=TimeoutNegativeWarning'];
